<?xml version="1.0" encoding="UTF-8"?>
<!-- For people: XHTML from our Akoma Ntoso. It can be read as XML and as HTML, so no element is left
     empty that HTML would not close by itself. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="http://www.w3.org/1999/xhtml"
	xmlns:akn="http://docs.oasis-open.org/legaldocml/ns/akn/3.0" exclude-result-prefixes="akn">
	<xsl:output method="xml" encoding="UTF-8" indent="yes" omit-xml-declaration="yes" doctype-system="about:legacy-compat"/>
	<xsl:strip-space elements="akn:*"/>
	<xsl:preserve-space elements="akn:p akn:heading akn:num akn:docTitle akn:span akn:inline akn:b akn:caption akn:signature akn:docketNumber"/>
	<xsl:param name="style"/>

	<xsl:template match="/">
		<xsl:variable name="doc" select="akn:akomaNtoso/akn:doc"/>
		<xsl:variable name="training" select="$doc/akn:preface/akn:p[@class = 'training']"/>
		<html lang="en-GB" xml:lang="en-GB">
			<head>
				<meta charset="utf-8"/>
				<meta name="viewport" content="width=device-width, initial-scale=1"/>
				<title><xsl:if test="$training">TRAINING: </xsl:if><xsl:value-of select="$doc/akn:preface/akn:p/akn:docTitle"/></title>
				<style><xsl:value-of select="$style"/><xsl:if test="$training">
@page { @top-center { content: "TRAINING: not a real case"; font: bold 9pt "Liberation Sans", Arial, sans-serif; color: #000 } }
</xsl:if></style>
			</head>
			<body class="{$doc/@name}">
				<xsl:apply-templates select="$doc/akn:preface/akn:p[@class = 'training' or @class = 'marking']"/>
				<main>
					<header>
						<xsl:apply-templates select="$doc/akn:preface/akn:p[not(@class = 'training' or @class = 'marking')]"/>
					</header>
					<xsl:apply-templates select="$doc/akn:mainBody/*"/>
				</main>
				<xsl:if test="$training">
					<p class="training"><xsl:value-of select="$training"/></p>
				</xsl:if>
			</body>
		</html>
	</xsl:template>

	<xsl:template match="akn:p[akn:docTitle]"><h1><xsl:apply-templates/></h1></xsl:template>
	<xsl:template match="akn:docTitle|akn:docketNumber|akn:docDate|akn:signature"><xsl:apply-templates/></xsl:template>

	<xsl:template match="akn:section">
		<section id="{@eId}">
			<xsl:if test="akn:heading">
				<xsl:attribute name="aria-labelledby"><xsl:value-of select="concat(@eId, '-heading')"/></xsl:attribute>
			</xsl:if>
			<xsl:apply-templates/>
		</section>
	</xsl:template>
	<xsl:template match="akn:heading"><h2 id="{../@eId}-heading"><xsl:apply-templates/></h2></xsl:template>

	<xsl:template match="akn:paragraph|akn:subparagraph">
		<div class="{local-name()}" id="{@eId}">
			<xsl:apply-templates select="*[not(self::akn:num)]"/>
		</div>
	</xsl:template>
	<xsl:template match="akn:content|akn:intro"><xsl:apply-templates/></xsl:template>
	<xsl:template match="akn:hcontainer"><div class="{@name}" id="{@eId}"><xsl:apply-templates/></div></xsl:template>

	<xsl:template match="akn:p">
		<p><xsl:if test="@class"><xsl:attribute name="class"><xsl:value-of select="@class"/></xsl:attribute></xsl:if><xsl:if test="../../akn:num and not(preceding-sibling::*)"><span class="num"><xsl:value-of select="../../akn:num"/></span></xsl:if><xsl:apply-templates/></p>
	</xsl:template>
	<xsl:template match="akn:b"><strong><xsl:apply-templates/></strong></xsl:template>
	<xsl:template match="akn:span"><span class="{@class}"><xsl:apply-templates/></span></xsl:template>
	<xsl:template match="akn:inline"><span class="{@name}"><xsl:apply-templates/></span></xsl:template>

	<xsl:template match="akn:table">
		<table>
			<xsl:if test="akn:caption"><caption><xsl:value-of select="akn:caption"/></caption></xsl:if>
			<xsl:if test="akn:tr[akn:th]"><thead><xsl:apply-templates select="akn:tr[akn:th]"/></thead></xsl:if>
			<tbody><xsl:apply-templates select="akn:tr[akn:td]"/></tbody>
		</table>
	</xsl:template>
	<xsl:template match="akn:tr"><tr><xsl:apply-templates/></tr></xsl:template>
	<xsl:template match="akn:th"><th scope="col"><xsl:value-of select="akn:p"/></th></xsl:template>
	<xsl:template match="akn:td[not(preceding-sibling::akn:td)]"><th scope="row"><xsl:apply-templates mode="cell"/></th></xsl:template>
	<xsl:template match="akn:td"><td><xsl:apply-templates mode="cell"/></td></xsl:template>
	<xsl:template match="akn:p" mode="cell"><div><xsl:apply-templates/></div></xsl:template>
</xsl:stylesheet>
